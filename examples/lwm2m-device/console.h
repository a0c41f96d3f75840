/* What the sample says of itself: lines of text, for people and tests. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "runtime/error.h"

#include <stdint.h>

/* A line: `%` stands for the number; where there is none, it is not used. */
void say(const char *text, int64_t number);
void say_text(const char *what, const char *text);
void say_score(int32_t label, float score, uint32_t microseconds);

#endif
