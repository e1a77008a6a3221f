/* Options of a socket, for sockets.c. Each returns 0, or -1 with errno set. */
#ifndef XINETD_TS_OPTIONS_H
#define XINETD_TS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int switch_option(int fd, int level, int option, bool is_on);
/* `program`: whole instructions. */
int attach_filter(int fd, const uint8_t *program, size_t length);

#endif
