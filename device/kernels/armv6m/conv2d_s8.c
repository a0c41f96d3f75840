#include "armv6m/pairs_s8.h"
#include "scalar/conv2d_s8.h"

typedef mote_pairs_conv2d_s8_t mote_pairs_conv2d_wide_s8_t;

MOTE_PAIRS_CONV2D(mote_pairs_conv2d_s8, mote_pairs_product_s8)
MOTE_PAIRS_CONV2D(mote_pairs_conv2d_wide_s8, mote_pairs_product_wide_s8)
