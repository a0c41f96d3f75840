#include "armv7em/pointwise_s8.c"
#include "armv7em/sparse_3x2_s8.h"

/* 1x1 convolution, stride 1, of int8 pixels with weights that are stored without the groups that are zero in two channels. */
typedef mote_dsp_pointwise_s8_t mote_dsp_sparse_pairs_pointwise_s8_t;

MOTE_DSP_POINTWISE(mote_dsp_sparse_pairs_pointwise_s8, 4, mote_sparse_3x2)
