/* Runs the module in use on a sample, and says what came out. */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "runtime/runtime.h"

enum { CLASSIFY_ARENA_BYTES = 256 * 1024 };

typedef struct {
  int32_t label; /* the largest output */
  float score;   /* its value, as a real number */
  uint32_t microseconds;
} answer_t;

/* Makes this the module that is run. */
mote_error_t classify_open(const mote_module_t *module);

/* The module's golden vectors; what was open is not any more. */
bool classify_self_test(const mote_module_t *module, const mote_crypto_t *crypto);

/* Sample `number`: of the file `samples.bin`, or where there is none, an input of the golden vectors. */
mote_error_t classify(const mote_module_t *module, uint32_t number, answer_t *answer);

#endif
