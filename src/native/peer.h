/*
 * A peer's address in the form JavaScript gets it: text, port and 32-bit words.
 */
#ifndef XINETD_TS_PEER_H
#define XINETD_TS_PEER_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

struct peer {
  int family; /* 4 or 6 */
  int port;
  uint32_t words[4]; /* host order; an IPv4 address in the first */
  uint32_t scope;    /* interface of a link-local IPv6 address */
  char text[INET6_ADDRSTRLEN];
};

/* Fills `peer` in; an address of another family becomes IPv4 0.0.0.0 port 0. */
void describe_peer(const struct sockaddr_storage *address, struct peer *peer);
/* The reverse; returns the length of the address. */
socklen_t peer_address(const struct peer *peer, struct sockaddr_storage *address);

#endif
