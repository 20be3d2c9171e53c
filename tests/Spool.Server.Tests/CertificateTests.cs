using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Spool.Server.Tests;

/// <summary>The certificate of a server: what clients are sent, what is wrong with one, and how it is replaced.</summary>
public sealed class CertificateTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clients_that_know_only_the_highest_authority_are_sent_those_between(bool isLeafLast)
    {
        using var chain = new CertificateChain();
        var text = isLeafLast ? chain.Middle.ExportCertificatePem() + "\n" + chain.Leaf : chain.Full;
        await using var server = await StartAsync(ServerTls.FromPem(text, chain.Key));

        using var connection = await ConnectAsync(server, chain);

        Assert.Equal(chain.Serial, connection.Serial);
    }

    [Fact]
    public async Task The_authorities_between_are_not_taken_from_elsewhere()
    {
        using var chain = new CertificateChain();
        await using var server = await StartAsync(ServerTls.FromPem(chain.Leaf, chain.Key));

        await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(server, chain));
    }

    [Fact]
    public void Keys_of_either_kind_and_in_every_usual_form_fit_their_certificate()
    {
        using var rsaKey = RSA.Create(2048);
        using var curveKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = new CertificateChain(rsaKey);
        using var curve = new CertificateChain(curveKey);

        foreach (
            var (chain, key) in ((CertificateChain, string)[])
                [
                    (rsa, rsa.Key),
                    (rsa, rsaKey.ExportRSAPrivateKeyPem()),
                    (curve, curve.Key),
                    (curve, curveKey.ExportECPrivateKeyPem()),
                    (curve, curve.Full + curve.Key),
                    (rsa, "a bag of words\r\n" + rsa.Key.ReplaceLineEndings("\r\n")),
                ]
        )
            Assert.Equal(chain.Serial, ServerTls.FromPem(chain.Full, key).Certificate.SerialNumber);
    }

    [Fact]
    public void What_is_wrong_with_a_certificate_or_its_key_is_said_in_plain_words()
    {
        using var chain = new CertificateChain();
        using var other = new CertificateChain();
        using var otherKind = RSA.Create(2048);
        var legacy =
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";

        foreach (
            var (certificate, key, words) in ((string, string, string)[])
                [
                    ("", chain.Key, "as the certificate is empty"),
                    (" \n", chain.Key, "as the certificate is empty"),
                    ("hello", chain.Key, "There is no certificate in"),
                    (chain.Key, chain.Key, "is a private key, and no certificate"),
                    (chain.Leaf[..^40], chain.Key, "damaged or cut off"),
                    (chain.Full[..^40], chain.Key, "damaged or cut off"),
                    ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", chain.Key, "damaged or cut off"),
                    (chain.Full, "", "as the private key is empty"),
                    (chain.Full, "hello", "There is no private key in"),
                    (chain.Full, chain.Full, "is a certificate, and no key"),
                    (chain.Full, chain.Key[..^40], "The private key cannot be read"),
                    (chain.Full, chain.KeyWithPassphrase, "protected by a passphrase"),
                    (chain.Full, legacy, "protected by a passphrase"),
                    (chain.Full, other.Key, "does not fit the certificate"),
                    (chain.Full, otherKind.ExportPkcs8PrivateKeyPem(), "does not fit the certificate"),
                ]
        )
        {
            var error = Assert.Throws<ThreadStoreException>(() => ServerTls.FromPem(certificate, key));
            Assert.Equal(ThreadStoreErrorCode.InvalidRequest, error.Code);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
        Assert.Contains(
            "authorities of clients",
            Assert.Throws<ThreadStoreException>(() => ServerTls.FromPem(chain.Full, chain.Key, "hello")).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(0, 1, "The certificate has expired: it was valid until 2021-01-01")]
    [InlineData(40, 1, "The certificate is not valid yet: it is from 2060-01-01")]
    public async Task A_server_does_not_start_with_a_certificate_that_no_client_would_take(int from, int years, string words)
    {
        using var chain = new CertificateChain(from: from, years: years);

        var error = await Assert.ThrowsAsync<ThreadStoreException>(() => StartAsync(ServerTls.FromPem(chain.Full, chain.Key)));

        Assert.Equal(ThreadStoreErrorCode.InvalidRequest, error.Code);
        Assert.StartsWith(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_connections_get_the_new_certificate_and_old_ones_go_on()
    {
        using var first = new CertificateChain();
        using var second = new CertificateChain();
        using var expired = new CertificateChain(years: 1);
        using var log = new ListLog();
        var source = new ChangingSource<ServerTls>();
        await using var server = await StartAsync(
            ServerTls.FromPem(first.Full, first.Key),
            options => options with { RereadTls = source.ReadAsync, Time = source.Time, Logging = logging => logging.AddProvider(log) }
        );
        using var handler = Handler(first);
        var old = new Contracts.SpoolV1.ThreadStore.ThreadStoreClient(server.Connect(handler: handler));
        await old.GetCapabilitiesAsync(new Contracts.SpoolV1.GetCapabilitiesRequest());

        await source.GiveAsync(() => throw ThreadStoreException.InvalidRequest("It is damaged."));
        await source.GiveAsync(ServerTls.FromPem(expired.Full, expired.Key));
        using (var connection = await ConnectAsync(server, first))
            Assert.Equal(first.Serial, connection.Serial);
        await source.GiveAsync(ServerTls.FromPem(second.Full, second.Key));
        using (var connection = await ConnectAsync(server, second))
            Assert.Equal(second.Serial, connection.Serial);

        await Assert.ThrowsAsync<AuthenticationException>(() => ConnectAsync(server, first));
        await old.GetCapabilitiesAsync(new Contracts.SpoolV1.GetCapabilitiesRequest());
        Assert.Equal(2, log.Errors.Count);
        Assert.Equal("The new certificate is refused, and the one before stays in use: It is damaged.", log.Errors[0]);
        Assert.Contains("has expired", log.Errors[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_follows_its_files_of_a_certificate_however_they_are_replaced()
    {
        await using var home = new ServedHome();
        using var first = new CertificateChain();
        using var second = new CertificateChain();
        using var third = new CertificateChain();
        // As certbot does: links to the files of one time, which are made to lead to those of the next, one after the other.
        Store("1", first);
        Store("2", second);
        Link("1");
        await using var program = await home.ServeAsync(
            "--listen",
            "https://127.0.0.1:0",
            "--tls-cert",
            "fullchain.pem",
            "--tls-key",
            "privkey.pem"
        );
        var address = program.Greeting.First(line => line.Contains("https://", StringComparison.Ordinal)).Split(' ')[^1];
        await PresentsAsync(first);

        Link("2");
        await PresentsAsync(second);

        foreach (var (text, words) in ((string, string)[])[("", "is empty"), (third.Full, "does not fit"), (third.Full[..^30], "cut off")])
        {
            Put("fullchain.pem", text);
            var said = await program.ReadLineAsync();
            Assert.Contains("the one before stays in use", said, StringComparison.Ordinal);
            Assert.Contains(words, said, StringComparison.Ordinal); // once: the next to be said is of the next file
            await PresentsAsync(second);
        }
        Put("fullchain.pem", third.Full);
        Put("privkey.pem", third.Key);
        await PresentsAsync(third);
        Assert.Equal((0, ""), await program.StopAsync(PosixSignal.SIGTERM));

        // New connections have the new certificate within seconds.
        async Task PresentsAsync(CertificateChain chain)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    using var connection = await ConnectAsync(address, chain);
                    Assert.Equal(chain.Serial, connection.Serial);
                    return;
                }
                catch (AuthenticationException) when (clock.Elapsed < Patience)
                {
                    await Task.Yield();
                }
            }
        }

        void Store(string name, CertificateChain chain)
        {
            Directory.CreateDirectory(Path.Join(home.Folder, name));
            File.WriteAllText(Path.Join(home.Folder, name, "fullchain.pem"), chain.Full);
            File.WriteAllText(Path.Join(home.Folder, name, "privkey.pem"), chain.Key);
        }

        void Link(string to)
        {
            foreach (var file in (string[])["fullchain.pem", "privkey.pem"])
            {
                File.Delete(Path.Join(home.Folder, file));
                File.CreateSymbolicLink(Path.Join(home.Folder, file), Path.Join(to, file));
            }
        }

        void Put(string file, string text)
        {
            File.WriteAllText(Path.Join(home.Folder, file + ".new"), text);
            File.Move(Path.Join(home.Folder, file + ".new"), Path.Join(home.Folder, file), overwrite: true);
        }
    }

    static Task<RunningServer> StartAsync(ServerTls tls, Func<SpoolServerOptions, SpoolServerOptions>? change = null) =>
        RunningServer.StartInMemoryAsync(options =>
        {
            options = options with { Addresses = [ListenAddress.Parse("https://127.0.0.1:0")], Tls = tls };
            return change?.Invoke(options) ?? options;
        });

    static SocketsHttpHandler Handler(CertificateChain chain) =>
        new() { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = PolicyOf(chain) } };

    static X509ChainPolicy PolicyOf(CertificateChain chain) =>
        new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { chain.Root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };

    static Task<Connection> ConnectAsync(RunningServer server, CertificateChain chain) => ConnectAsync(server.Address, chain);

    static async Task<Connection> ConnectAsync(string address, CertificateChain chain)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(address).Port, Given.Cancellation);
        var stream = new SslStream(client.GetStream());
        try
        {
            var options = new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                CertificateChainPolicy = PolicyOf(chain),
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            };
            await stream.AuthenticateAsClientAsync(options, Given.Cancellation).WaitAsync(Patience);
            return new Connection(stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    sealed class Connection(SslStream stream) : IDisposable
    {
        public string Serial => ((X509Certificate2)stream.RemoteCertificate!).SerialNumber;

        public void Dispose() => stream.Dispose();
    }
}
