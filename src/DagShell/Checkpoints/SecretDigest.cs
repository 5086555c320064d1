using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;

namespace DagShell.Checkpoints;

/// <summary>
/// What a journal says of a secret: a salted hash that takes long to work out, so that guessing takes long too. One salt for all runs that
/// resume one another; it is made when the first secret is seen.
/// </summary>
internal sealed class SecretDigest
{
    /// <summary>What is recommended for this hash (OWASP, 2023); about a tenth of a second.</summary>
    private const int Iterations = 210_000;

    private readonly Dictionary<SecureString, byte[]> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Prepares.</summary>
    /// <param name="salt">That of the run that is resumed; null if there is none.</param>
    public SecretDigest(string? salt) => Salt = salt;

    /// <summary>The salt; null as long as no secret was seen.</summary>
    public string? Salt { get; private set; }

    /// <summary>The digest of a secret.</summary>
    public byte[] Of(SecureString secret)
    {
        if (!_known.TryGetValue(secret, out byte[]? digest))
        {
            Salt ??= Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            _known.Add(secret, digest = Work(secret, Convert.FromBase64String(Salt)));
        }

        return digest;
    }

    private static byte[] Work(SecureString secret, byte[] salt)
    {
        byte[] plain = new byte[secret.Length * sizeof(char)];
        IntPtr copy = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            Marshal.Copy(copy, plain, 0, plain.Length);
            return Rfc2898DeriveBytes.Pbkdf2(plain, salt, Iterations, HashAlgorithmName.SHA512, 16);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(copy);
            CryptographicOperations.ZeroMemory(plain);
        }
    }
}
