using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Server;

/// <summary>Reads certificates and keys from PEM texts, and says in plain words what is wrong with one.</summary>
static class PemText
{
    const string CertificateLabel = "CERTIFICATE";

    /// <summary>Reads certificates; whatever else the text holds is passed over.</summary>
    /// <param name="text">The text.</param>
    /// <param name="what">What it was given as, for the message.</param>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: there is none, or one is
    /// damaged.</exception>
    public static X509Certificate2Collection Certificates(string text, string what)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw Wrong($"What was given as the {what} is empty; it has to be PEM text.");
        var found = new X509Certificate2Collection();
        try
        {
            for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var field); rest = rest[field.Location.End..])
            {
                if (rest[field.Label].SequenceEqual(CertificateLabel))
                    found.Add(X509CertificateLoader.LoadCertificate(Convert.FromBase64String(rest[field.Base64Data].ToString())));
            }
        }
        catch (CryptographicException)
        {
            throw Damaged(what);
        }
        // One that was cut off is not found at all.
        if (found.Count != text.AsSpan().Count($"-----BEGIN {CertificateLabel}-----"))
            throw Damaged(what);
        if (found.Count > 0)
            return found;
        throw Wrong(
            text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                ? $"What was given as the {what} is a private key, and no certificate."
                : $"There is no certificate in what was given as the {what}; it has to be PEM text, with -----BEGIN {CertificateLabel}-----."
        );
    }

    /// <summary>Checks that a text holds a private key that can be used.</summary>
    /// <returns>The text.</returns>
    /// <exception cref="ThreadStoreException"><see cref="ThreadStoreErrorCode.InvalidRequest"/>: it does not.</exception>
    public static string Key(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            throw Wrong("What was given as the private key is empty; it has to be PEM text.");
        if (
            text.Contains("BEGIN ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
            || text.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal)
        )
            throw Wrong("The private key is protected by a passphrase; store it without one, as openssl pkey does.");
        if (!text.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
        {
            throw Wrong(
                text.Contains($"BEGIN {CertificateLabel}", StringComparison.Ordinal)
                    ? "What was given as the private key is a certificate, and no key."
                    : "There is no private key in what was given as that; it has to be PEM text, with -----BEGIN PRIVATE KEY-----."
            );
        }
        if (!IsKey(text, RSA.Create) && !IsKey(text, ECDsa.Create))
            throw Wrong("The private key cannot be read: it is damaged or cut off, or neither of RSA nor of an elliptic curve.");
        return text;
    }

    /// <summary>Gives a certificate with its key, or null when the key is another one's.</summary>
    public static X509Certificate2? WithKey(X509Certificate2 certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    static bool IsKey(string text, Func<AsymmetricAlgorithm> create)
    {
        using var algorithm = create();
        try
        {
            algorithm.ImportFromPem(text);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    static ThreadStoreException Damaged(string what) =>
        Wrong($"A certificate in what was given as the {what} cannot be read: it is damaged or cut off.");

    static ThreadStoreException Wrong(string message) => ThreadStoreException.InvalidRequest(message);
}
