using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Server;

/// <summary>The certificate of a server, and whose certificates clients have to have.</summary>
/// <param name="Certificate">The certificate with its key.</param>
public sealed record ServerTls(X509Certificate2 Certificate)
{
    /// <summary>Gets the authorities one of which must have signed a client's certificate, or null to want none.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>Makes it of PEM texts.</summary>
    /// <param name="certificate">The certificate, with those between it and its authority behind it.</param>
    /// <param name="key">The private key.</param>
    /// <param name="clientAuthorities">The authorities of clients, or null.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: a text is not what it should be.</exception>
    public static ServerTls FromPem(string certificate, string key, string? clientAuthorities = null)
    {
        try
        {
            X509Certificate2Collection? authorities = null;
            if (clientAuthorities is not null)
            {
                authorities = [];
                authorities.ImportFromPem(clientAuthorities);
                if (authorities.Count == 0)
                    throw Unusable();
            }
            return new ServerTls(X509Certificate2.CreateFromPem(certificate, key)) { ClientAuthorities = authorities };
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Unusable();
        }
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

    static ThreadStoreException Unusable() =>
        ThreadStoreException.InvalidRequest("The certificate or its key could not be read; both have to be PEM, and the key without a password.");
}
