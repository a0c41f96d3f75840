#include "console.h"

#include <string.h>

#include "port/board/board.h"

void say(const char *text) {
  mote_board_write((const uint8_t *)text, (uint32_t)strlen(text));
}

void say_number(int64_t number) {
  char digits[21];
  uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
  char *at = digits + sizeof digits - 1;
  *at = '\0';
  do {
    *--at = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  if (number < 0) {
    *--at = '-';
  }
  say(at);
}

void say_pair(const char *name, uint64_t number) {
  say(name);
  say(" ");
  say_number((int64_t)number);
}

void say_line(const char *text) {
  say(text);
  say("\n");
}

void say_error(const char *what, mote_error_t error) {
  static const char *const words[] = {"", "flash failed", "slots are in use", "nothing to resume", "not started", "no trial",
                                      "self-test failed"};
  say(what);
  say(": ");
  if ((uint32_t)error < sizeof words / sizeof words[0]) {
    say_line(words[error]);
  } else {
    say(error < MOTE_NOT_A_MODULE ? "runtime error " : "MOTE-");
    say_number(error);
    say_line("");
  }
}

void say_bytes(const char *what, const uint8_t *bytes, uint32_t size) {
  say(what);
  for (uint32_t i = 0; i < size; i++) {
    say(" ");
    say_number((int8_t)bytes[i]);
  }
  say_line("");
}

static char next(void) {
  uint8_t byte;
  mote_board_read(&byte, 1);
  return (char)byte;
}

void await_command(char *word, uint32_t room, uint32_t *number) {
  uint32_t size = 0;
  char c = next();
  for (; c != ' ' && c != '\n'; c = next()) {
    if (size + 1 < room) {
      word[size++] = c;
    }
  }
  word[size] = '\0';
  *number = 0;
  for (; c != '\n'; c = next()) {
    if (c >= '0' && c <= '9') {
      *number = 10 * *number + (uint32_t)(c - '0');
    }
  }
}

bool same(const char *word, const char *other) {
  for (; *word == *other && *word != '\0'; word++, other++) {
  }
  return *word == *other;
}

void fetch(uint32_t offset, uint8_t *bytes, uint32_t size) {
  say("? ");
  say_number(offset);
  say(" ");
  say_number(size);
  say_line("");
  mote_board_read(bytes, size);
}
