using System.Diagnostics;

namespace Spool.Local.Tests;

/// <summary>Runs shell scripts in a mount namespace of their own, so that they can mount what they like and it goes with them.</summary>
static class SmallDisk
{
    /// <summary>Starts a script of <c>sh</c>. Its working folder is the home's parent.</summary>
    /// <param name="home">The home that it works on.</param>
    /// <param name="ledger">Notes what the programs in it print.</param>
    /// <param name="script">The script; <c>host</c> is <c>Spool.CrashHost</c>.</param>
    public static HostProcess Start(TempHome home, Ledger ledger, string script) =>
        HostProcess.Start(
            "unshare",
            ledger,
            [
                .. Options(),
                "sh",
                "-euc",
                $"cd '{Path.GetDirectoryName(home.Path)}'\nhost() {{ dotnet '{HostProcess.Program}' \"$@\"; }}\n{script}",
            ]
        );

    /// <summary>Skips the test where a script cannot mount a temporary file system.</summary>
    public static void Require() =>
        Assert.SkipUnless(
            Try("d=$(mktemp -d); mount -t tmpfs -o size=64k tmpfs $d; umount $d; rmdir $d"),
            "A small file system cannot be mounted here: that needs Linux, unshare, and root or user namespaces."
        );

    /// <summary>Skips the test where a script cannot make a file system in a file and mount it.</summary>
    public static void RequireLoopDevices() =>
        Assert.SkipUnless(
            Try(
                "d=$(mktemp -d); mount -t tmpfs -o size=4m tmpfs $d; mkdir $d/disk; truncate -s 2M $d/image; mkfs.ext4 -q -O ^has_journal $d/image; mount -o loop $d/image $d/disk; umount $d/disk; umount $d; rmdir $d"
            ),
            "A disk that fails cannot be made here: that needs Linux, root, mkfs.ext4 and loop devices."
        );

    // Without being root, one is root in a namespace of one's own; that is enough for a tmpfs and not for a loop device.
    static string[] Options() => Environment.UserName == "root" ? ["-m"] : ["-rm"];

    static bool Try(string script)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("unshare", [.. Options(), "sh", "-euc", script])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
