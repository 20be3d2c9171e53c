using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Remote;

/// <summary>The server's certificate is not one that the client trusts.</summary>
/// <param name="errors">What is wrong.</param>
/// <param name="certificate">The certificate, or null when there was none.</param>
/// <param name="chain">How far it leads to an authority, or null.</param>
sealed class UntrustedServerException(SslPolicyErrors errors, X509Certificate? certificate, X509Chain? chain)
    : AuthenticationException(SentenceOf(errors, certificate as X509Certificate2, chain))
{
    static string SentenceOf(SslPolicyErrors errors, X509Certificate2? certificate, X509Chain? chain)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null)
            return "The server shows no certificate.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            var status = X509ChainStatusFlags.NoError;
            foreach (var part in chain?.ChainStatus ?? [])
                status |= part.Status;
            if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
                return $"The server's certificate is not valid now: it, or one above it, has expired or is not valid yet (its own time is {Time(certificate.NotBefore)} to {Time(certificate.NotAfter)}).";
            return (status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
                ? "The server's certificate is not signed by an authority that is trusted here, or the server does not send the certificates between them; name its authority, or the certificate itself where it is its own, with TrustedAuthorities (--remote-ca)."
                : "The server's certificate is not signed by an authority that is trusted, or is not one for a server.";
        }
        return "The server's certificate is for another name than that in the address.";
    }

    static string Time(DateTime time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
