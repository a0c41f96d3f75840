#include "cmsis_nn/pool.h"

/* Max of windows by CMSIS-NN. */
typedef mote_cmsis_pool_s8_t mote_cmsis_max_pool2d_s8_t;

MOTE_KERNEL void mote_cmsis_max_pool2d_s8(const mote_cmsis_max_pool2d_s8_t *p, const int8_t *x, int8_t *y,
                                           void *scratch) {
  const mote_cmsis_pool_call_t call = mote_cmsis_pool_call(p, scratch);
  MOTE_CMSIS_NN_CHECK(arm_max_pool_s8(&call.context, &call.parameters, &call.input, x, &call.filter, &call.output, y));
}
