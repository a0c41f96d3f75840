@org.jspecify.annotations.NullMarked
package dev.mote.testkit.plugin;
