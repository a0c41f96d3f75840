@NullMarked
package dev.mote.module.cose;

import org.jspecify.annotations.NullMarked;
