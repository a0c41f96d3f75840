#include "armv7em/pointwise_s8.c"
#include "armv7em/sparse_3_s8.h"

/* 1x1 convolution, stride 1, of int8 pixels with weights that are stored without the groups that are zero. */
typedef mote_dsp_pointwise_s8_t mote_dsp_sparse_pointwise_s8_t;

MOTE_DSP_POINTWISE(mote_dsp_sparse_pointwise_s8, 4, mote_sparse_3_channels)
