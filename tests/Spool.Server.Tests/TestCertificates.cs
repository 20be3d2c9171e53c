using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Server.Tests;

/// <summary>An authority made for one test, with a server's and a client's certificate.</summary>
sealed class TestCertificates : IDisposable
{
    readonly ECDsa _authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly ECDsa _serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly X509Certificate2 _authority;
    readonly X509Certificate2 _server;

    public TestCertificates()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var request = new CertificateRequest("CN=test authority " + Guid.CreateVersion7(), _authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        _authority = request.CreateSelfSigned(now, now.AddYears(80));
        _server = Sign("CN=server", "1.3.6.1.5.5.7.3.1", _serverKey, now);
        using var clientKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var client = Sign("CN=client", "1.3.6.1.5.5.7.3.2", clientKey, now);
        Client = client.CopyWithPrivateKey(clientKey);
    }

    public string Authority => _authority.ExportCertificatePem();

    public string Server => _server.ExportCertificatePem();

    public string ServerKey => _serverKey.ExportPkcs8PrivateKeyPem();

    public X509Certificate2 Client { get; }

    /// <summary>Makes what connects to a server of this authority.</summary>
    public SocketsHttpHandler Trusting(X509Certificate2? client) =>
        new()
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = client is null ? null : [client],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { _authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };

    public void Dispose()
    {
        _authority.Dispose();
        _server.Dispose();
        Client.Dispose();
        _authorityKey.Dispose();
        _serverKey.Dispose();
    }

    X509Certificate2 Sign(string name, string usage, ECDsa key, DateTimeOffset from)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.Create(_authority, from, from.AddYears(70), Guid.CreateVersion7().ToByteArray());
    }
}
