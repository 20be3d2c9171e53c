namespace Spool.Local.Tests;

/// <summary>The hash by which an index tells that a log is still what was read of it.</summary>
public sealed class HashedLogTests : IDisposable
{
    readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("spool-hash-").FullName, "rollout.jsonl");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Theory]
    [InlineData(4000, false)]
    [InlineData(4000, true)]
    [InlineData(3990, false)] // more was read than counts
    [InlineData(3990, true)]
    public void A_log_that_is_written_over_while_it_is_read_has_the_hash_of_no_log(int length, bool hasWaited)
    {
        File.WriteAllBytes(_path, [.. Enumerable.Repeat((byte)'a', 4000)]);
        ulong asRead;
        using (var source = RolloutSource.Open(_path))
        {
            var log = new HashedLog(source);
            Assert.Equal(4000, log.Read(new byte[4000], 0));
            using (var other = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                other.Write("b"u8);
            if (hasWaited)
                log.AwaitWrite();
            asRead = log.HashTo(length);
        }

        Assert.NotEqual(HashOf(length), asRead);
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(3990)]
    public void A_log_that_only_grows_while_it_is_read_keeps_its_hash(int length)
    {
        File.WriteAllBytes(_path, [.. Enumerable.Repeat((byte)'a', 4000)]);
        ulong asRead;
        using (var source = RolloutSource.Open(_path))
        {
            var log = new HashedLog(source);
            Assert.Equal(4000, log.Read(new byte[5000], 0));
            File.AppendAllText(_path, "added");
            log.AwaitWrite();
            asRead = log.HashTo(length);
        }

        Assert.Equal(HashOf(length), asRead);
    }

    [Fact]
    public void What_follows_bytes_that_are_read_twice_has_the_hash_of_what_was_read()
    {
        File.WriteAllBytes(_path, [.. Enumerable.Repeat((byte)'a', 4000)]);
        ulong asRead;
        using (var source = RolloutSource.Open(_path))
        {
            var log = new HashedLog(source);
            Assert.Equal(2000, log.Read(new byte[2000], 0));
            log.AwaitWrite();
            Assert.Equal(2100, log.Read(new byte[2100], 1900));
            using (var other = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            {
                other.Position = 3000;
                other.Write("b"u8);
            }
            asRead = log.HashTo(4000);
        }

        Assert.NotEqual(HashOf(4000), asRead);
    }

    ulong HashOf(int length)
    {
        using var source = RolloutSource.Open(_path);
        return new HashedLog(source).HashTo(length);
    }
}
