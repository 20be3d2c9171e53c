using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Server;

/// <summary>The certificate of a server, and whose certificates clients have to have.</summary>
/// <param name="Certificate">The certificate with its key.</param>
public sealed record ServerTls(X509Certificate2 Certificate)
{
    /// <summary>Gets the certificates between the server's and its authority, which clients are sent because they know the authority
    /// alone.</summary>
    public X509Certificate2Collection Intermediates { get; init; } = [];

    /// <summary>Gets the authorities one of which must have signed a client's certificate, or null to want none.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>Makes it of PEM texts.</summary>
    /// <param name="certificate">The certificate, with those between it and its authority.</param>
    /// <param name="key">The private key of the certificate, without a passphrase.</param>
    /// <param name="clientAuthorities">The authorities of clients, or null.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a text is not what it should be, or the
    /// key belongs to another certificate.</exception>
    /// <remarks>Whether the certificate is valid now is looked at when it is used.</remarks>
    public static ServerTls FromPem(string certificate, string key, string? clientAuthorities = null)
    {
        var certificates = PemText.Certificates(certificate, "certificate");
        var privateKey = PemText.Key(key);
        X509Certificate2? own = null;
        var others = new X509Certificate2Collection();
        foreach (var one in certificates)
        {
            if (own is null && PemText.WithKey(one, privateKey) is { } fitting)
                own = fitting;
            else
                others.Add(one);
        }
        if (own is null)
            throw ThreadStoreException.InvalidRequest("The private key does not fit the certificate: it is the key of another one.");
        return new ServerTls(own)
        {
            Intermediates = others,
            ClientAuthorities = clientAuthorities is null ? null : PemText.Certificates(clientAuthorities, "authorities of clients"),
        };
    }

    /// <summary>Refuses a certificate that is not valid at a time: no client would take it.</summary>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it has expired, or is not valid
    /// yet.</exception>
    internal void CheckTime(DateTimeOffset now)
    {
        if (Certificate.NotAfter.ToUniversalTime() is var last && last < now.UtcDateTime)
            throw ThreadStoreException.InvalidRequest(
                $"The certificate has expired: it was valid until {last:yyyy-MM-dd HH:mm:ss}Z. Take a new one."
            );
        if (Certificate.NotBefore.ToUniversalTime() is var first && first > now.UtcDateTime)
            throw ThreadStoreException.InvalidRequest(
                $"The certificate is not valid yet: it is from {first:yyyy-MM-dd HH:mm:ss}Z on. Is the clock right?"
            );
    }

    /// <summary>Says whether a client's certificate was signed by one of the authorities.</summary>
    internal bool Accepts(X509Certificate2 client)
    {
        if (ClientAuthorities is not { } authorities)
            return true;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication
        return chain.Build(client);
    }
}
