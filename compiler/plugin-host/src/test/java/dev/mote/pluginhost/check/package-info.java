@org.jspecify.annotations.NullMarked
package dev.mote.pluginhost.check;
