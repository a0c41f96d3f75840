/// From a model and what is known of a device to a module.
@NullMarked
package dev.mote.builder;

import org.jspecify.annotations.NullMarked;
