/// The service: one process with one database.
@NullMarked
package dev.mote.service;

import org.jspecify.annotations.NullMarked;
