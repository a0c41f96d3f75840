#include "armv6m/pairs_s8.h"
#include "scalar/pointwise_s8.h"

typedef mote_pairs_pointwise_s8_t mote_pairs_pointwise_wide_s8_t;

MOTE_PAIRS_POINTWISE(mote_pairs_pointwise_s8, mote_pairs_product_s8)
MOTE_PAIRS_POINTWISE(mote_pairs_pointwise_wide_s8, mote_pairs_product_wide_s8)
