/// Programs of strangers: started in a folder of their own, kept in it, within limits, and ended.
@org.jspecify.annotations.NullMarked
package dev.mote.pluginhost.process;
