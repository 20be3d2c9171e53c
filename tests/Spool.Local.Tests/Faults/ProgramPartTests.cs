using System.Reflection;

namespace Spool.Local.Tests;

/// <summary>The runtime's errors for a part of the program that it cannot load look like those for a file of the home.</summary>
public sealed class ProgramPartTests
{
    [Fact]
    public void A_part_of_the_program_that_cannot_be_loaded_is_no_rollout_that_vanished_and_no_file_that_cannot_be_read()
    {
        var assembly = Record.Exception(() => Assembly.Load("Spool.NotThere, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null"))!;
        Assert.IsType<FileNotFoundException>(assembly);

        foreach (
            var error in (Exception[])
                [
                    assembly,
                    new TypeInitializationException("Spool.Some", assembly),
                    new TargetInvocationException(assembly),
                    new DllNotFoundException(),
                ]
        )
        {
            Assert.False(DiskErrors.IsGone(error));
            Assert.False(DiskErrors.IsOfFile(error));
            Assert.True(DiskErrors.IsOutOfFiles(error));
            Assert.Equal(ThreadStoreErrorCode.ResourceExhausted, DiskErrors.Translate(error).Code);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_gone()
    {
        var error = Record.Exception(() => File.OpenHandle(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())))!;

        Assert.True(DiskErrors.IsGone(error));
        Assert.True(DiskErrors.IsOfFile(error));
        Assert.False(DiskErrors.IsOutOfFiles(error));
    }
}
