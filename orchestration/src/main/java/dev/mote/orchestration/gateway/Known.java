package dev.mote.orchestration.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mote.orchestration.lwm2m.JournalJson;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import org.eclipse.californium.elements.EndpointContext;

/// A registration as the journal keeps it, with what the gateway needs of it. Its links are not
/// taken apart: that costs more than all the rest.
record Known(String id, String endpoint, String identity, String address, ObjectNode content) {

  /// A registration that a device makes.
  static Known fresh(String id, String endpoint, String version, String node, Instant now) {
    ObjectNode content = JournalJson.empty();
    content.put("registered", now.toEpochMilli());
    content.put("version", version);
    content.put("binding", "U");
    content.putObject("data").put(Sessions.NODE, node);
    return new Known(id, endpoint, "", "", content);
  }

  static Known of(StoredRegistration stored) {
    return new Known(
        stored.id(),
        stored.endpoint(),
        stored.identity(),
        stored.address(),
        JournalJson.read(stored.content(), "registration of " + stored.endpoint()));
  }

  /// The same, heard from somewhere now.
  Known heard(EndpointContext context, String node, Instant now) {
    InetSocketAddress from = context.getPeerAddress();
    content.put("host", from.getAddress().getHostAddress());
    content.put("port", from.getPort());
    content.put("updated", now.toEpochMilli());
    content.withObject("/data").put(Sessions.NODE, node);
    return new Known(id, endpoint, Peers.name(context), Peers.address(from), content);
  }

  /// The same, spoken with by another process.
  Known movedTo(String node) {
    content.withObject("/data").put(Sessions.NODE, node);
    return this;
  }

  void links(KnownLinks.Read links) {
    content.put("links", links.text());
    links.root().ifPresent(root -> content.put("root", root));
  }

  StoredRegistration stored() {
    return new StoredRegistration(
        endpoint,
        id,
        address,
        identity,
        Instant.ofEpochMilli(content.path("updated").asLong()).plusSeconds(lifetime()),
        JournalJson.write(content));
  }

  long lifetime() {
    return content.path("lifetime").asLong();
  }

  /// The version of LwM2M that it registered with.
  String version() {
    return content.path("version").asText();
  }

  boolean sleeps() {
    return content.path("queue").asBoolean() || content.path("binding").asText().contains("Q");
  }

  /// The prefix of the paths of its objects; mostly empty.
  String rootPath() {
    String root = content.path("root").asText("");
    return root.equals("/") ? "" : root;
  }

  boolean isOf(String node) {
    return node.equals(content.path("data").path(Sessions.NODE).asText());
  }

  boolean isSecure() {
    return !identity.startsWith(Peers.UNPROVED);
  }

  InetSocketAddress socketAddress() {
    try {
      return new InetSocketAddress(
          InetAddress.getByName(content.path("host").asText()), content.path("port").asInt());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("no address of " + endpoint, e);
    }
  }
}
