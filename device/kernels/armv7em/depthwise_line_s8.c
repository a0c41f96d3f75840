#include "armv7em/depthwise_line.h"

/* Depthwise convolution by rows of up to five taps, stride 1; otherwise like depthwise_3x3_s8.c, with five taps for each
 * output channel. */
#define MOTE_DSP_DEPTHWISE_LINE(name)                                                                   \
  typedef mote_depthwise_layer_t mote_dsp_depthwise_##name##_s8_t;                                      \
  MOTE_SHARED void mote_dsp_depthwise_##name##_s8(const mote_depthwise_layer_t *p, const int8_t *x,     \
                                                  const int32_t *stream, int8_t *y, int32_t *scratch) { \
    mote_depthwise(p, x, (const int8_t *)stream, y, (int8_t *)scratch, 13,                              \
                   mote_depthwise_##name);                                                              \
  }

MOTE_DSP_DEPTHWISE_LINE(line)
MOTE_DSP_DEPTHWISE_LINE(line_clamp)
MOTE_DSP_DEPTHWISE_LINE(line_rectified)
