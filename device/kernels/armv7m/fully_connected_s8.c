#include "armv7m/dot4_s8.h"
#include "scalar/fully_connected_s8.h"

MOTE_SHARED void mote_rows_fully_connected_s8(const mote_rows_fully_connected_s8_t *p, const int8_t *x,
                                              const int8_t *weights, const int32_t *bias, const int32_t *multipliers,
                                              const int8_t *shifts, int8_t *y) {
  mote_rows_fully_connected(p, x, weights, bias, multipliers, shifts, y, mote_dot4_rows_s8);
}
