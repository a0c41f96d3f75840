#include "armv7em/conv2d_s8.c"
#include "armv7em/sparse_3_s8.h"

/* Convolution of int8 pixels, any window and dilation, with weights that are stored without the groups that are zero. */
typedef mote_dsp_conv2d_s8_t mote_dsp_sparse_conv2d_s8_t;

MOTE_DSP_CONV2D(mote_dsp_sparse_conv2d_s8, 4, mote_sparse_3_channels)
