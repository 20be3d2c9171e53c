using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Server;

/// <summary>What new connections are secured with. It can be replaced while those that are there go on as they are.</summary>
/// <param name="tls">What they are secured with at first.</param>
sealed class CurrentTls(ServerTls tls)
{
    // Also the protocol of browsers, so that they can get a sentence about what this is.
    static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    SslServerAuthenticationOptions _options = OptionsOf(tls);

    /// <summary>Gets the options for a new connection.</summary>
    public SslServerAuthenticationOptions Options => Volatile.Read(ref _options);

    /// <summary>Secures new connections with something else from now on.</summary>
    public void Replace(ServerTls tls) => Volatile.Write(ref _options, OptionsOf(tls));

    static SslServerAuthenticationOptions OptionsOf(ServerTls tls)
    {
        var options = new SslServerAuthenticationOptions
        {
            ApplicationProtocols = Protocols,
            ServerCertificateContext = SslStreamCertificateContext.Create(tls.Certificate, tls.Intermediates, offline: true),
        };
        if (tls.ClientAuthorities is not null)
        {
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is X509Certificate2 client && tls.Accepts(client);
        }
        return options;
    }
}
