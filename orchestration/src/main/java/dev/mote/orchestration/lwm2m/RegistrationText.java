package dev.mote.orchestration.lwm2m;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mote.orchestration.lwm2m.RegistrationJournal.StoredRegistration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.leshan.core.LwM2m.LwM2mVersion;
import org.eclipse.leshan.core.endpoint.DefaultEndPointUriHandler;
import org.eclipse.leshan.core.link.DefaultLinkSerializer;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.link.LinkParseException;
import org.eclipse.leshan.core.link.lwm2m.DefaultLwM2mLinkParser;
import org.eclipse.leshan.core.peer.IpPeer;
import org.eclipse.leshan.core.peer.LwM2mIdentity;
import org.eclipse.leshan.core.peer.PskIdentity;
import org.eclipse.leshan.core.peer.RpkIdentity;
import org.eclipse.leshan.core.peer.SocketIdentity;
import org.eclipse.leshan.core.peer.X509Identity;
import org.eclipse.leshan.core.request.BindingMode;
import org.eclipse.leshan.server.registration.DefaultRegistrationDataExtractor;
import org.eclipse.leshan.server.registration.Registration;
import org.eclipse.leshan.server.registration.RegistrationDataExtractor.RegistrationData;

/// Registrations as JSON: what the device sent, and where it came from. What follows from its
/// object links is derived again when it is read.
public final class RegistrationText {

  private static final DefaultLinkSerializer LINKS = new DefaultLinkSerializer();
  private static final DefaultLwM2mLinkParser PARSER = new DefaultLwM2mLinkParser();
  private static final DefaultEndPointUriHandler URIS = new DefaultEndPointUriHandler();
  private static final DefaultRegistrationDataExtractor EXTRACTOR =
      new DefaultRegistrationDataExtractor();

  private RegistrationText() {}

  static StoredRegistration stored(Registration registration) {
    ObjectNode json = JournalJson.empty();
    json.put("host", registration.getAddress().getHostAddress());
    json.put("port", registration.getPort());
    writeIdentity(json, registration.getClientTransportData().getIdentity());
    json.put("server", registration.getEndpointUri().toString());
    json.put("registered", registration.getRegistrationDate().getTime());
    json.put("updated", registration.getLastUpdate().getTime());
    json.put("lifetime", registration.getLifeTimeInSec());
    json.put("version", registration.getLwM2mVersion().toString());
    json.put("binding", BindingMode.toString(registration.getBindingMode()));
    if (registration.getQueueMode() != null) {
      json.put("queue", registration.getQueueMode());
    }
    if (registration.getSmsNumber() != null) {
      json.put("sms", registration.getSmsNumber());
    }
    if (registration.getObjectLinks() != null) {
      json.put("links", LINKS.serializeCoreLinkFormat(registration.getObjectLinks()));
    }
    write(json, "attributes", registration.getAdditionalRegistrationAttributes());
    write(json, "data", registration.getCustomRegistrationData());
    return new StoredRegistration(
        registration.getEndpoint(),
        registration.getId(),
        address(registration.getSocketAddress()),
        identity(registration.getClientTransportData().getIdentity()),
        Instant.ofEpochMilli(registration.getExpirationTimeStamp()),
        JournalJson.write(json));
  }

  static Registration read(StoredRegistration stored) {
    try {
      JsonNode json = JournalJson.read(stored.content(), "registration of " + stored.endpoint());
      InetSocketAddress address =
          new InetSocketAddress(
              InetAddress.getByName(json.required("host").asText()), json.required("port").asInt());
      Registration.Builder builder =
          new Registration.Builder(
                  stored.id(),
                  stored.endpoint(),
                  new IpPeer(address, readIdentity(json, address)),
                  URIS.createUri(json.required("server").asText()))
              .registrationDate(new Date(json.required("registered").asLong()))
              .lastUpdate(new Date(json.required("updated").asLong()))
              .lifeTimeInSec(json.required("lifetime").asLong())
              .lwM2mVersion(LwM2mVersion.get(json.required("version").asText()))
              .bindingMode(BindingMode.parse(json.required("binding").asText()))
              .additionalRegistrationAttributes(map(json, "attributes"))
              .customRegistrationData(map(json, "data"));
      if (json.has("queue")) {
        builder.queueMode(json.get("queue").asBoolean());
      }
      if (json.has("sms")) {
        builder.smsNumber(json.get("sms").asText());
      }
      if (json.has("links")) {
        links(builder, json.get("links").asText(), json.required("version").asText());
      }
      return builder.build();
    } catch (UnknownHostException | GeneralSecurityException e) {
      throw new IllegalStateException("unreadable registration of " + stored.endpoint(), e);
    }
  }

  private static void links(Registration.Builder builder, String text, String version) {
    Link[] links;
    try {
      links = PARSER.parseCoreLinkFormat(text.getBytes(StandardCharsets.UTF_8));
    } catch (LinkParseException e) {
      // A device may have written what Leshan does not take; the rest of it still holds.
      return;
    }
    builder.objectLinks(links);
    RegistrationData data = EXTRACTOR.extractDataFromObjectLinks(links, LwM2mVersion.get(version));
    if (data != null) {
      builder
          .rootPath(data.getAlternatePath())
          .supportedContentFormats(data.getSupportedContentFormats())
          .supportedObjects(data.getSupportedObjects())
          .availableInstances(data.getAvailableInstances());
    }
  }

  static String address(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /// What a peer has proved to be, as the journal looks it up.
  public static String identity(LwM2mIdentity identity) {
    return switch (identity) {
      case PskIdentity psk -> "psk " + psk.getPskIdentity();
      case RpkIdentity rpk ->
          "rpk " + Base64.getEncoder().encodeToString(rpk.getPublicKey().getEncoded());
      case X509Identity x509 -> "x509 " + x509.getX509CommonName();
      case SocketIdentity socket -> "address " + address(socket.getSocketAddress());
      default -> throw new IllegalArgumentException("unknown kind of identity: " + identity);
    };
  }

  private static void writeIdentity(ObjectNode json, LwM2mIdentity identity) {
    switch (identity) {
      case PskIdentity psk -> json.put("psk", psk.getPskIdentity());
      case RpkIdentity rpk -> {
        json.put("rpk", Base64.getEncoder().encodeToString(rpk.getPublicKey().getEncoded()));
        json.put("algorithm", rpk.getPublicKey().getAlgorithm());
      }
      case X509Identity x509 -> json.put("x509", x509.getX509CommonName());
      case SocketIdentity _ -> {}
      default -> throw new IllegalArgumentException("unknown kind of identity: " + identity);
    }
  }

  private static LwM2mIdentity readIdentity(JsonNode json, InetSocketAddress address)
      throws GeneralSecurityException {
    if (json.has("psk")) {
      return new PskIdentity(json.get("psk").asText());
    }
    if (json.has("rpk")) {
      PublicKey key =
          KeyFactory.getInstance(json.required("algorithm").asText())
              .generatePublic(
                  new X509EncodedKeySpec(Base64.getDecoder().decode(json.get("rpk").asText())));
      return new RpkIdentity(key);
    }
    return json.has("x509")
        ? new X509Identity(json.get("x509").asText())
        : new SocketIdentity(address);
  }

  private static void write(ObjectNode json, String name, Map<String, String> map) {
    if (!map.isEmpty()) {
      ObjectNode node = json.putObject(name);
      map.forEach(node::put);
    }
  }

  private static Map<String, String> map(JsonNode json, String name) {
    Map<String, String> map = new HashMap<>();
    json.path(name).properties().forEach(e -> map.put(e.getKey(), e.getValue().asText()));
    return map;
  }
}
