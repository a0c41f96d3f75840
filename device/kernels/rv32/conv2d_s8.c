#include "rv32/pairs_s8.h"
#include "scalar/conv2d_s8.h"

MOTE_PAIRS_CONV2D(mote_pairs_conv2d_s8, mote_pairs_product_s8)
