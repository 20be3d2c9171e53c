using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Spool.Remote;

/// <summary>Makes the channel that everything of one store goes through.</summary>
static class ChannelFactory
{
    static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    public static GrpcChannel Create(RemoteThreadStoreOptions options)
    {
        Check(options);
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAlive,
            KeepAlivePingTimeout = options.KeepAlive,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = true, // one connection carries a hundred streams, and a store may have more writers
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
        };
        if (options.Address.Scheme == Uri.UriSchemeHttps)
            handler.SslOptions = TlsOf(options);
        return GrpcChannel.ForAddress(
            options.Address,
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = options.MaxMessageBytes,
                MaxSendMessageSize = null, // the server says what it takes
                // The channel pauses between its own attempts to connect, from a second up to two minutes unless set otherwise. A
                // server that is back must not wait that long.
                InitialReconnectBackoff = FirstPause < options.MaxPause ? FirstPause : options.MaxPause,
                MaxReconnectBackoff = options.MaxPause,
                MaxRetryAttempts = null, // retries are this project's business: it knows what can be repeated
            }
        );
    }

    static void Check(RemoteThreadStoreOptions options)
    {
        var address = options.Address;
        if (
            address is not { IsAbsoluteUri: true }
            || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            || address.PathAndQuery != "/"
            || address.UserInfo.Length > 0
        )
            throw new ArgumentException("The address of a server is http://HOST:PORT or https://HOST:PORT, and nothing behind it.");
        if (options.Token is { } token && (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
            throw new ArgumentException(
                token.Length == 0
                    ? "The token is empty; for a server that asks for none leave it null."
                    : "A token has no spaces and only ASCII characters."
            );
        if (options.Token is not null && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !options.AllowTokenInPlaintext)
            throw new ArgumentException("A token is not sent to another machine without TLS; use https://.");
        var shortest = TimeSpan.FromMilliseconds(1);
        OptionRange.Within(options.ConnectTimeout, shortest, TimeSpan.FromDays(1), nameof(options.ConnectTimeout));
        OptionRange.Time(options.CallTimeout, shortest, nameof(options.CallTimeout));
        OptionRange.Time(options.ChangeTimeout, shortest, nameof(options.ChangeTimeout));
        OptionRange.Time(options.RetryFor, TimeSpan.Zero, nameof(options.RetryFor));
        OptionRange.Time(options.ResolveFor, TimeSpan.Zero, nameof(options.ResolveFor));
        OptionRange.Time(options.CloseFor, TimeSpan.Zero, nameof(options.CloseFor));
        OptionRange.Time(options.MaxPause, shortest, nameof(options.MaxPause));
        OptionRange.Within(options.KeepAlive, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(options.KeepAlive));
        OptionRange.AtLeast(options.MaxBytesUnderWay, 1, nameof(options.MaxBytesUnderWay));
        OptionRange.AtLeast(options.MaxBatchedBytes, 1, nameof(options.MaxBatchedBytes));
        OptionRange.AtLeast(options.MaxMessageBytes, 1024, nameof(options.MaxMessageBytes));
        OptionRange.Check(options.Owner is not null, nameof(options.Owner), options.Owner, "be given");
        OptionRange.Check(options.Time is not null, nameof(options.Time), options.Time, "be given");
    }

    static SslClientAuthenticationOptions TlsOf(RemoteThreadStoreOptions options)
    {
        var tls = new SslClientAuthenticationOptions
        {
            // To say why, which an error of the handshake does only in words.
            RemoteCertificateValidationCallback = static (_, certificate, chain, errors) =>
                errors == SslPolicyErrors.None ? true : throw new UntrustedServerException(errors, certificate, chain),
        };
        if (options.ClientCertificate is { } certificate)
            tls.ClientCertificates = [certificate];
        if (options.TrustedAuthorities is { } pem)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            try
            {
                policy.CustomTrustStore.ImportFromPem(pem);
            }
            catch (System.Security.Cryptography.CryptographicException e)
            {
                throw new ArgumentException("The trusted authorities are not certificates as PEM.", e);
            }
            if (policy.CustomTrustStore.Count == 0)
                throw new ArgumentException("There is no certificate among the trusted authorities.");
            tls.CertificateChainPolicy = policy;
        }
        return tls;
    }
}
