#include "armv81m/row_1x4_s8.h"

/* Fully connected layer of int8 for one row of inputs. */
typedef struct {
  int32_t depth;      /* inputs */
  int32_t channels;   /* outputs */
  int32_t multiplier; /* where one holds for all outputs */
  int32_t shift;      /* -31 to -1 */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_mve_fully_connected_s8_t;

MOTE_KERNEL void mote_mve_fully_connected(const mote_mve_fully_connected_s8_t *p, const int8_t *x, const int32_t *stream,
                                          int8_t *y, void (*multiply)(const mote_row_1x4_t *m)) {
  const int32_t steps = p->depth >> 4;
  const mote_row_1x4_t m = {.x = x,
                            .stream = stream,
                            .y = y,
                            .channels = p->channels,
                            .rounds = (steps + 3) >> 2,
                            .entry = steps == 0 ? 0 : (-steps & 3) * MOTE_R14_STEP_BYTES + 1,
                            .tail = p->depth & 15,
                            .zero = p->zero,
                            .low = p->output_min,
                            .high = p->output_max,
                            .multiplier = p->multiplier,
                            .shift = p->shift};
  multiply(&m);
}

/* One multiplier and shift for all outputs. */
MOTE_SHARED void mote_mve_fully_connected_s8(const mote_mve_fully_connected_s8_t *p, const int8_t *x, const int32_t *stream,
                                             int8_t *y) {
  mote_mve_fully_connected(p, x, stream, y, mote_row_1x4_s8);
}

typedef mote_mve_fully_connected_s8_t mote_mve_fully_connected_channels_s8_t;

/* Those of each output in the stream. */
MOTE_SHARED void mote_mve_fully_connected_channels_s8(const mote_mve_fully_connected_s8_t *p, const int8_t *x,
                                                      const int32_t *stream, int8_t *y) {
  mote_mve_fully_connected(p, x, stream, y, mote_row_1x4_channels_s8);
}
