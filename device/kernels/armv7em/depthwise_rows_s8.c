#include "armv7em/depthwise_rows.h"

/* Depthwise convolution with rows of four or five taps, or of up to 31; otherwise like depthwise_3x3_s8.c. */
#define MOTE_DSP_DEPTHWISE_ROWS(name)                                                                          \
  typedef mote_depthwise_layer_t mote_dsp_depthwise_##name##_s8_t;                                             \
  MOTE_SHARED void mote_dsp_depthwise_##name##_s8(const mote_depthwise_layer_t *p, const int8_t *x,            \
                                                  const int32_t *stream, int8_t *y, int32_t *scratch) {        \
    mote_depthwise(p, x, (const int8_t *)stream, y, (int8_t *)scratch, p->kernel_rows * p->kernel_columns + 8, \
                   mote_depthwise_##name);                                                                     \
  }

MOTE_DSP_DEPTHWISE_ROWS(five)
MOTE_DSP_DEPTHWISE_ROWS(five_clamp)
MOTE_DSP_DEPTHWISE_ROWS(five_rectified)
MOTE_DSP_DEPTHWISE_ROWS(five_stride_2)
MOTE_DSP_DEPTHWISE_ROWS(five_stride_2_clamp)
MOTE_DSP_DEPTHWISE_ROWS(five_stride_2_rectified)
MOTE_DSP_DEPTHWISE_ROWS(wide)
MOTE_DSP_DEPTHWISE_ROWS(wide_clamp)
MOTE_DSP_DEPTHWISE_ROWS(wide_rectified)
MOTE_DSP_DEPTHWISE_ROWS(wide_stride_2)
MOTE_DSP_DEPTHWISE_ROWS(wide_stride_2_clamp)
MOTE_DSP_DEPTHWISE_ROWS(wide_stride_2_rectified)
