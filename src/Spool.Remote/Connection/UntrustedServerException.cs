using System.Net.Security;
using System.Security.Authentication;

namespace Spool.Remote;

/// <summary>The server's certificate is not one that the client trusts.</summary>
sealed class UntrustedServerException(SslPolicyErrors errors) : AuthenticationException(errors switch
{
    _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "The server shows no certificate.",
    _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) => "The server's certificate is not signed by an authority that is trusted, or is not valid now.",
    _ => "The server's certificate is for another name than that in the address.",
});
