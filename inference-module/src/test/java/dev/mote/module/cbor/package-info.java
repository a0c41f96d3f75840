@NullMarked
package dev.mote.module.cbor;

import org.jspecify.annotations.NullMarked;
