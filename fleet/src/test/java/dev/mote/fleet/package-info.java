@org.jspecify.annotations.NullMarked
package dev.mote.fleet;
