/// Writers of model formats, held against the runtimes of those formats.
package dev.mote.testkit.writers;
