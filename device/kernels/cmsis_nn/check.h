#include <arm_nnfunctions.h>

/* What becomes of the status that a function of CMSIS-NN returns: anything but ARM_CMSIS_NN_SUCCESS is a library that was
 * built otherwise than the model was compiled for, for instance with kernels that want more scratch memory. */
#ifndef MOTE_CMSIS_NN_CHECK
#define MOTE_CMSIS_NN_CHECK(status) ((void)(status))
#endif
