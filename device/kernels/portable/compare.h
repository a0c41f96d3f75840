/* Relations of two elements, with a boolean byte as the result. */
#ifndef MOTE_COMPARE_H
#define MOTE_COMPARE_H

#include "portable/broadcast.h"

/* `kind` of the parameters; a literal, so that only one case remains. */
enum {
  MOTE_EQUAL = 0,
  MOTE_NOT_EQUAL = 1,
  MOTE_LESS = 2,
  MOTE_LESS_EQUAL = 3,
  MOTE_GREATER = 4,
  MOTE_GREATER_EQUAL = 5
};

/* An expression for elements of any type. */
#define MOTE_COMPARE(p, u, v)                            \
  ((uint8_t)((p)->kind == MOTE_EQUAL          ? (u) == (v) \
             : (p)->kind == MOTE_NOT_EQUAL    ? (u) != (v) \
             : (p)->kind == MOTE_LESS         ? (u) < (v)  \
             : (p)->kind == MOTE_LESS_EQUAL   ? (u) <= (v) \
             : (p)->kind == MOTE_GREATER      ? (u) > (v)  \
                                              : (u) >= (v)))

#endif
