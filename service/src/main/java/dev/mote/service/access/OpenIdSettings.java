package dev.mote.service.access;

import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Login by a provider of OpenID Connect.
///
/// @param issuer address of the provider; empty switches all of it off
/// @param clientId of this service at the provider
/// @param clientSecret of this service at the provider
/// @param audience that bearer tokens must be for; the client's id without
/// @param address of this service as browsers see it, such as `https://mote.example.com`; as the
/// request came without
/// @param scope that is asked for
/// @param nameClaim claim that holds the user's name
/// @param rolesClaim claim that lists the user's roles; what is not the name of a role is left out
/// @param tenantClaim claim that holds the name of the tenant; empty puts all into `tenant`
/// @param tenant of users whose token names none
@ConfigurationProperties("mote.openid")
public record OpenIdSettings(
    Optional<String> issuer,
    @DefaultValue("mote") String clientId,
    @DefaultValue("") String clientSecret,
    Optional<String> audience,
    Optional<String> address,
    @DefaultValue("openid profile email") String scope,
    @DefaultValue("preferred_username") String nameClaim,
    @DefaultValue("roles") String rolesClaim,
    @DefaultValue("tenant") String tenantClaim,
    @DefaultValue("default") String tenant) {

  @Override
  public String toString() {
    return "OpenIdSettings[" + issuer + "]";
  }
}
