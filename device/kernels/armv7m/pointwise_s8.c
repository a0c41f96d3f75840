#include "armv7m/pairs_s8.h"
#include "scalar/pointwise_s8.h"

MOTE_PAIRS_POINTWISE(mote_pairs_pointwise_s8, mote_pairs_product_s8)
