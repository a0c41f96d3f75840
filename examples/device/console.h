/* How the sample talks: lines of text both ways, and bytes that it asks for. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/error.h"

/* Parts of a line: text, a number, a name and its number. */
void say(const char *text);
void say_number(int64_t number);
void say_pair(const char *name, uint64_t number);

/* All or the rest of a line. */
void say_line(const char *text);
void say_error(const char *what, mote_error_t error);
void say_bytes(const char *what, const uint8_t *bytes, uint32_t size); /* as signed numbers */

/* Waits for a line, and takes it apart into a word and a number behind it, 0 if there is none. A word that is too long is
 * cut off. */
void await_command(char *word, uint32_t room, uint32_t *number);
bool same(const char *word, const char *other);

/* Asks for `size` bytes from `offset` on, of what the last command is about, and waits for them. */
void fetch(uint32_t offset, uint8_t *bytes, uint32_t size);

#endif
