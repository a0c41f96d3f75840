#include "portable/patches.h"
#include "portable/cascade.c"

/* The chains of this model are cut into patches. */
