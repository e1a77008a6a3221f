/*
 * Reading arguments and making results. Every value from JavaScript is checked here before a system call sees it; a wrong
 * one is a TypeError that names the argument. Text is byte strings: one latin1 character per byte.
 */
#include "addon.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void throw_type_error(napi_env env, const char *argument, const char *expected)
{
  char message[160];
  snprintf(message, sizeof message, "%s must be %s", argument, expected);
  napi_throw_type_error(env, NULL, message);
}

bool take_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values)
{
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given < count)
    return refuse(env, "the argument list", "complete");
  return true;
}

bool read_integer(napi_env env, napi_value value, const char *name, int64_t lowest, int64_t highest, int64_t *out)
{
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok || !(number >= (double)lowest && number <= (double)highest) ||
      number != floor(number))
    return refuse(env, name, "a whole number in range");
  *out = (int64_t)number;
  return true;
}

bool read_fd(napi_env env, napi_value value, int *out)
{
  int64_t number;
  if (!read_integer(env, value, "fd", 0, INT_MAX, &number))
    return false;
  *out = (int)number;
  return true;
}

bool read_boolean(napi_env env, napi_value value, const char *name, bool *out)
{
  return napi_get_value_bool(env, value, out) == napi_ok || refuse(env, name, "a boolean");
}

bool read_function(napi_env env, napi_value value, const char *name, napi_ref *out)
{
  napi_valuetype type;
  if (napi_typeof(env, value, &type) != napi_ok || type != napi_function)
    return refuse(env, name, "a function");
  return napi_create_reference(env, value, 1, out) == napi_ok || refuse(env, name, "referable");
}

bool read_bytes(napi_env env, napi_value value, const char *name, uint8_t **data, size_t *length)
{
  napi_typedarray_type type;
  bool is_typed = false;
  if (napi_is_typedarray(env, value, &is_typed) != napi_ok || !is_typed ||
      napi_get_typedarray_info(env, value, &type, length, (void **)data, NULL, NULL) != napi_ok || type != napi_uint8_array)
    return refuse(env, name, "a Uint8Array");
  return true;
}

bool read_string(napi_env env, napi_value value, const char *name, char **out)
{
  size_t length;
  if (napi_get_value_string_latin1(env, value, NULL, 0, &length) != napi_ok)
    return refuse(env, name, "a string");
  char *text = malloc(length + 1);
  if (text == NULL)
    return refuse(env, name, "short enough for memory");
  napi_get_value_string_latin1(env, value, text, length + 1, &length);
  if (strlen(text) != length) {
    free(text);
    return refuse(env, name, "free of NUL");
  }
  *out = text;
  return true;
}

bool read_word(napi_env env, napi_value value, const char *name, const char *const *words, int *out)
{
  char *text;
  if (!read_string(env, value, name, &text))
    return false;
  int index = 0;
  while (words[index] != NULL && strcmp(words[index], text) != 0)
    index++;
  free(text);
  *out = index;
  return words[index] != NULL || refuse(env, name, "one of the known words");
}

bool read_length(napi_env env, napi_value array, const char *name, uint32_t highest, uint32_t *out)
{
  bool is_array = false;
  if (napi_is_array(env, array, &is_array) != napi_ok || !is_array || napi_get_array_length(env, array, out) != napi_ok)
    return refuse(env, name, "an array");
  return *out <= highest || refuse(env, name, "shorter");
}

bool read_strings(napi_env env, napi_value array, const char *name, char ***out, uint32_t *count)
{
  if (!read_length(env, array, name, 1u << 20, count))
    return false;
  char **strings = calloc((size_t)*count + 1, sizeof *strings);
  if (strings == NULL)
    return refuse(env, name, "short enough for memory");
  for (uint32_t i = 0; i < *count; i++) {
    napi_value element;
    if (napi_get_element(env, array, i, &element) != napi_ok || !read_string(env, element, name, &strings[i])) {
      free_strings(strings);
      return false;
    }
  }
  *out = strings;
  return true;
}

void free_strings(char **strings)
{
  if (strings == NULL)
    return;
  for (char **string = strings; *string != NULL; string++)
    free(*string);
  free(strings);
}

bool read_property(napi_env env, napi_value object, const char *name, napi_value *out)
{
  napi_valuetype type;
  if (napi_typeof(env, object, &type) != napi_ok || type != napi_object)
    return refuse(env, name, "a property of an object");
  return napi_get_named_property(env, object, name, out) == napi_ok;
}

bool read_integer_property(napi_env env, napi_value object, const char *name, int64_t lowest, int64_t highest, int64_t *out)
{
  napi_value value;
  return read_property(env, object, name, &value) && read_integer(env, value, name, lowest, highest, out);
}

bool read_boolean_property(napi_env env, napi_value object, const char *name, bool *out)
{
  napi_value value;
  return read_property(env, object, name, &value) && read_boolean(env, value, name, out);
}

bool is_undefined(napi_env env, napi_value value)
{
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && type == napi_undefined;
}

napi_value make_integer(napi_env env, int64_t value)
{
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

napi_value make_string(napi_env env, const char *text)
{
  napi_value result = NULL;
  napi_create_string_latin1(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value make_undefined(napi_env env)
{
  napi_value result = NULL;
  napi_get_undefined(env, &result);
  return result;
}

void set_property(napi_env env, napi_value object, const char *name, napi_value value)
{
  napi_set_named_property(env, object, name, value);
}
