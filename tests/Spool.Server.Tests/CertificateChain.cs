using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Spool.Server.Tests;

/// <summary>An authority, one below it, and a server's certificate that the lower one signed.</summary>
sealed class CertificateChain : IDisposable
{
    static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(50);

    readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly ECDsa _middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly AsymmetricAlgorithm _key;

    /// <summary>Makes one.</summary>
    /// <param name="key">The server's key, or null for a new one.</param>
    /// <param name="from">From when on the server's certificate is valid, in years from 2020.</param>
    /// <param name="years">For how many years.</param>
    public CertificateChain(AsymmetricAlgorithm? key = null, int from = 0, int years = 60)
    {
        _key = key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Root = Authority("CN=root " + Guid.CreateVersion7(), _rootKey).CreateSelfSigned(Now, Now.AddYears(90));
        Middle = Authority("CN=between", _middleKey)
            .Create(Root, Now, Now.AddYears(80), Guid.CreateVersion7().ToByteArray())
            .CopyWithPrivateKey(_middleKey);
        var request = _key is RSA rsa
            ? new CertificateRequest("CN=server", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=server", (ECDsa)_key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var leaf = request.Create(
            Middle.SubjectName,
            X509SignatureGenerator.CreateForECDsa(_middleKey),
            Now.AddYears(from),
            Now.AddYears(from + years),
            Guid.CreateVersion7().ToByteArray()
        );
        Leaf = leaf.ExportCertificatePem();
        Serial = leaf.SerialNumber;
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Middle { get; }

    public string Leaf { get; }

    public string Serial { get; }

    public string Full => Leaf + "\n" + Middle.ExportCertificatePem() + "\n";

    public string Key => _key.ExportPkcs8PrivateKeyPem();

    public string KeyWithPassphrase =>
        _key.ExportEncryptedPkcs8PrivateKeyPem(
            "secret",
            new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)
        );

    public void Dispose()
    {
        Root.Dispose();
        Middle.Dispose();
        _rootKey.Dispose();
        _middleKey.Dispose();
        _key.Dispose();
    }

    static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        return request;
    }
}
