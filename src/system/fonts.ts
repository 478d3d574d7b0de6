import regular from 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf';
import bold from 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf';
import mono from 'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf';

/** The fonts of printed pages: DejaVu, which covers every European script. They are part of the bundle. */
export const FONTS = { regular, bold, mono };
