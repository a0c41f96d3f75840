/* Arithmetic on two plain numbers: which function, and what it gives. */
#ifndef MOTE_BINARY_H
#define MOTE_BINARY_H

#include "portable/broadcast.h"

/* `kind` of the parameters; a literal, so that only one case remains. */
enum {
  MOTE_ADD = 0,
  MOTE_SUBTRACT = 1,
  MOTE_MULTIPLY = 2,
  MOTE_DIVIDE = 3,
  MOTE_FLOOR_DIVIDE = 4,
  MOTE_FLOOR_MODULO = 5,
  MOTE_SQUARED_DIFFERENCE = 6,
  MOTE_MINIMUM = 7,
  MOTE_MAXIMUM = 8
};

#endif
